import React, { type ComponentPropsWithoutRef, type ReactNode } from 'react';

export interface Column<Row> {
  id: string;
  header?: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Figures stand on the right. */
  isNumber?: boolean;
  isRowHeader?: boolean;
  headerClassName?: string;
  cellClassName?: string | ((row: Row) => string);
  sort?: 'ascending' | 'descending';
}

/** A row of totals, by the ids of the columns. */
export interface FootRow {
  key: string;
  cells: Record<string, ReactNode>;
}

type RowProps = Pick<ComponentPropsWithoutRef<'tr'>, 'id' | 'className' | 'onClick' | 'aria-current'>;

interface DataTableProps<Row> {
  /** For screen readers. */
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  getRowKey: (row: Row, index: number) => React.Key;
  /** A click handler is an addition for the mouse: a link or button in the row does the same. */
  getRowProps?: (row: Row) => RowProps;
  foot?: FootRow[];
  /** In place of the table where there are no rows. */
  empty?: ReactNode;
  className?: string;
  hidesHeader?: boolean;
  /** False where what is around the table scrolls, or nothing can be too wide. */
  scrolls?: boolean;
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, rows, getRowKey, getRowProps, foot = [], empty } = props;
  const { className = '', hidesHeader, scrolls = true } = props;
  if (rows.length === 0 && empty !== undefined) return <>{empty}</>;
  const table = (
    <table className={`lc-table ${className}`} aria-label={label}>
      {!hidesHeader && (
        <thead>
          <tr>
            {columns.map(({ id, header, isNumber, headerClassName, sort }) => (
              <th key={id} scope="col" className={join(isNumber && 'lc-num', headerClassName)} aria-sort={sort}>
                {header}
              </th>
            ))}
          </tr>
        </thead>
      )}
      <tbody>
        {rows.map((row, index) => (
          <tr key={getRowKey(row, index)} {...getRowProps?.(row)}>
            {columns.map((column) => (
              <Cell key={column.id} column={column} row={row} />
            ))}
          </tr>
        ))}
      </tbody>
      {foot.length > 0 && (
        <tfoot>
          {foot.map(({ key, cells }) => (
            <tr key={key}>
              {columns.map(({ id, isNumber }, index) =>
                index === 0 ? (
                  <th key={id} scope="row">
                    {cells[id]}
                  </th>
                ) : (
                  <td key={id} className={join(isNumber && 'lc-num')}>
                    {cells[id]}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tfoot>
      )}
    </table>
  );
  return scrolls ? <div className="lc-scroll">{table}</div> : table;
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const { cell, isNumber, isRowHeader, cellClassName } = column;
  const className = join(
    isNumber && 'lc-num',
    typeof cellClassName === 'function' ? cellClassName(row) : cellClassName,
  );
  if (isRowHeader) {
    return (
      <th scope="row" className={className}>
        {cell(row)}
      </th>
    );
  }
  return <td className={className}>{cell(row)}</td>;
}

function join(...classNames: (string | false | undefined)[]): string | undefined {
  return classNames.filter(Boolean).join(' ') || undefined;
}
