import { ApiProperty } from '../../partner-api/openapi/decorators.js';
import { CursorField, LimitField } from '../../partner-api/validation/common-fields.js';
import { ReadOf } from '../../partner-api/validation/request-parts.js';

export class ProjectsQuery {
  @CursorField()
  cursor?: string;

  @LimitField(50, 200)
  limit: number = 50;
}

export class ListProjects extends ReadOf({ query: ProjectsQuery }) {}

/** A project as its partner sees it. */
export class ProjectView {
  @ApiProperty({ type: 'string', example: 'prj_254a4ce1-f4ca-42b1-9e36-17ca45ef3d39' })
  id: string;

  @ApiProperty({ type: 'string', example: 'Spring launch' })
  name: string;

  @ApiProperty({ type: 'string', format: 'date-time', example: '2026-04-18T19:24:11.000Z' })
  createdAt: string;
}

export class ProjectPage {
  @ApiProperty({ type: () => [ProjectView] })
  items: ProjectView[];

  @ApiProperty({
    type: 'string',
    nullable: true,
    example: null,
    description: 'The `cursor` of the next page, null at the end.',
  })
  nextCursor: string | null;
}
