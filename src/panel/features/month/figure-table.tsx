import React, { type ReactNode } from 'react';
import { Card, Empty } from '../../ui/elements.js';
import { formatDollars } from '../../lib/format.js';

export interface Column<Line> {
  name: string;
  of: (line: Line) => ReactNode;
  isAmount?: boolean;
}

/** Figures in lines: amounts to the right, everything else as it is. */
export function FigureTable<Line>(props: {
  title: string;
  columns: Column<Line>[];
  lines: Line[];
  keyOf: (line: Line) => string;
  empty: string;
  aside?: ReactNode;
}) {
  const { title, columns, lines, keyOf, empty, aside } = props;
  return (
    <Card title={title} aside={aside} bare>
      {lines.length === 0 ? (
        <Empty title={empty} />
      ) : (
        <div className="lc-scroll">
          <table className="lc-table lc-lines" aria-label={title}>
            <thead>
              <tr>
                {columns.map(({ name, isAmount }) => (
                  <th key={name} scope="col" className={isAmount ? 'lc-num' : ''}>
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {lines.map((line) => (
                <tr key={keyOf(line)}>
                  {columns.map((column) => (
                    <td key={column.name} className={column.isAmount ? 'lc-num' : ''}>
                      {column.of(line)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}

/** A column of amounts, by the field that holds their cents. */
export function amounts<Field extends string>(name: string, field: Field): Column<Record<Field, number>> {
  return { name, isAmount: true, of: (line) => formatDollars(line[field]) };
}
