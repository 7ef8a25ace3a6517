import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { newId } from '../core/ids.js';
import { queryRows, sql } from '../core/sql.js';
import type { BlockerKind, NoteVisibility } from './lease-request-status.js';
import type { LockedRequest } from './request-lock.js';

export interface NewNote {
  body: string;
  visibility: NoteVisibility;
  blocker?: BlockerKind;
  staffId: string;
  at: Date;
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

  /** Hides the note of a blocker that ends from the partner; the audit log keeps it. */
  async retireBlockerNote(em: EntityManager, request: LockedRequest, at: Date): Promise<void> {
    if (!request.blockerNoteId) return;
    await queryRows(
      em,
      sql`UPDATE request_note SET retired_at = ${at} WHERE id = ${request.blockerNoteId} AND retired_at IS NULL`,
    );
  }
}
