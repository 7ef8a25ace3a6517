import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { newId } from '../core/ids.js';
import { queryRows } from '../core/sql.js';
import type { BlockerKind, NoteVisibility } from './lease-request-status.js';
import type { LockedRequest } from './request-lock.js';

/** A note to be written on a locked request. */
export interface NewNote {
  body: string;
  visibility: NoteVisibility;
  blocker?: BlockerKind;
  staffId: string;
  at: Date;
}

/** The notes of a request whose row is locked, and the blocker that one of them may carry. */
@Injectable()
export class RequestNotes {
  /** @returns the note's id */
  async add(em: EntityManager, request: LockedRequest, note: NewNote): Promise<string> {
    const id = newId('note');
    await queryRows(
      em,
      `INSERT INTO request_note (id, lease_request_id, author, staff_id, body, visibility, blocker, created_at)
       VALUES ($1, $2, 'staff', $3, $4, $5, $6, $7)`,
      [id, request.id, note.staffId, note.body.trim(), note.visibility, note.blocker ?? null, note.at],
    );
    return id;
  }

  /** A note whose blocker is over has nothing left to say: it leaves the partner's view and stays on the trail. */
  async retireBlockerNote(em: EntityManager, request: LockedRequest, at: Date): Promise<void> {
    if (!request.blockerNoteId) return;
    await queryRows(em, 'UPDATE request_note SET retired_at = $2 WHERE id = $1 AND retired_at IS NULL', [
      request.blockerNoteId,
      at,
    ]);
  }
}
