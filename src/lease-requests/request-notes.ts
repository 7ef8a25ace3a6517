import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { NotFound } from '../core/errors.js';
import { newId } from '../core/ids.js';
import { queryRow, queryRows, sql, type Sql } from '../core/sql.js';
import type { BlockerKind, NoteVisibility } from './lease-request-status.js';
import type { LockedRequest } from './request-lock.js';

export interface NewNote {
  body: string;
  visibility: NoteVisibility;
  blocker?: BlockerKind;
  staffId: string;
  at: Date;
}

export interface StoredNote {
  id: string;
  author: 'staff' | 'partner';
  body: string;
  visibility: NoteVisibility;
  withdrawnAt: Date | null;
  retiredAt: Date | null;
}

/** Staff notes on a locked request, and the blocker that a note may set. */
@Injectable()
export class RequestNotes {
  /** @returns the note's id */
  async add(em: EntityManager, request: LockedRequest, note: NewNote): Promise<string> {
    const id = newId('note');
    await queryRows(
      em,
      sql`INSERT INTO request_note (id, lease_request_id, author, staff_id, body, visibility, blocker, created_at)
       VALUES (${id}, ${request.id}, 'staff', ${note.staffId}, ${note.body.trim()}, ${note.visibility}, ${note.blocker ?? null}, ${note.at})`,
    );
    return id;
  }

  /** @throws NotFound */
  async read(em: EntityManager, request: LockedRequest, noteId: string): Promise<StoredNote> {
    const note = await queryRow<StoredNote>(
      em,
      sql`SELECT id, author, body, visibility, withdrawn_at AS "withdrawnAt", retired_at AS "retiredAt" FROM request_note
        WHERE id = ${noteId} AND lease_request_id = ${request.id}`,
    );
    if (!note) throw new NotFound('This note');
    return note;
  }

  /** Hides the note of a blocker that ends from the partner; the audit log keeps it. */
  async retireBlockerNote(em: EntityManager, request: LockedRequest, at: Date): Promise<void> {
    if (request.blockerNoteId) await queryRows(em, this.retireBlockerNoteSql(request, at));
  }

  retireBlockerNoteSql({ blockerNoteId }: LockedRequest, at: Date): Sql {
    return sql`UPDATE request_note SET retired_at = ${at} WHERE id = ${blockerNoteId} AND retired_at IS NULL`;
  }
}
