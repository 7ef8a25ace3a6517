import React from 'react';

export interface Series {
  name: string;
  colour: string;
  values: (number | null)[];
  isFilled?: boolean;
}

const width = 640;
const height = 216;
const left = 40;
const right = 8;
const top = 14;
const bottom = 28;

/** The next round number at or above: 7 → 8, 43 → 50, 210 → 250. */
function roundUp(value: number): number {
  if (value <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 2.5, 4, 5, 8, 10].find((factor) => factor * power >= value) ?? 10;
  return step * power;
}

/** A figure of an axis, in dollars: `1250` → `$1.3K`. */
export function formatAxisDollars(dollars: number): string {
  return `$${dollars.toLocaleString('en-US', { notation: 'compact', maximumFractionDigits: 1 })}`;
}

interface Scale {
  x: (index: number) => number;
  y: (value: number) => number;
  max: number;
}

function toScale(values: number[], count: number): Scale {
  const max = roundUp(Math.max(1, ...values));
  const x = (index: number) => left + (index * (width - left - right)) / Math.max(1, count - 1);
  const y = (value: number) => height - bottom - (value / max) * (height - top - bottom);
  return { x, y, max };
}

const Grid: React.FC<{ scale: Scale; format: (value: number) => string }> = ({ scale, format }) => (
  <>
    {[0, scale.max / 2, scale.max].map((value) => (
      <g key={value}>
        <line x1={left} x2={width - right} y1={scale.y(value)} y2={scale.y(value)} stroke="#eceef1" />
        <text x={left - 8} y={scale.y(value) + 4} textAnchor="end">
          {format(value)}
        </text>
      </g>
    ))}
  </>
);

interface LineChartProps {
  /** What the chart shows, in a sentence, for screen readers. */
  label: string;
  series: Series[];
  /** One for each value. */
  labels: string[];
  /** Of a value in a tooltip, and at the axis unless `formatAxis` is given. */
  format: (value: number) => string;
  formatAxis?: (value: number) => string;
}

/** Lines over days. A day without a value is left out, not drawn as zero. */
export const LineChart: React.FC<LineChartProps> = ({ label, series, labels, format, formatAxis = format }) => {
  const all = series.flatMap(({ values }) => values.filter((value): value is number => value !== null));
  const scale = toScale(all, labels.length);
  const every = Math.max(1, Math.ceil(labels.length / 5));
  const slot = (width - left - right) / Math.max(1, labels.length - 1);
  return (
    <svg className="lc-chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <Grid scale={scale} format={formatAxis} />
      {labels.map((text, index) =>
        index % every === 0 ? (
          <text key={text} x={scale.x(index)} y={height - 8} textAnchor={index === 0 ? 'start' : 'middle'}>
            {text}
          </text>
        ) : null,
      )}
      {series.map((line) => (
        <Line key={line.name} series={line} scale={scale} />
      ))}
      {labels.map((text, index) => (
        <rect
          key={text}
          className="lc-chart-day"
          x={scale.x(index) - slot / 2}
          y={top}
          width={slot}
          height={height - top - bottom}
        >
          <title>{[text, ...listValues(series, index, format)].join('\n')}</title>
        </rect>
      ))}
      {all.length === 0 && (
        <text x={width / 2} y={height / 2} textAnchor="middle">
          no data in this period
        </text>
      )}
    </svg>
  );
};

/** For the tooltip of a day. */
function listValues(series: Series[], index: number, format: (value: number) => string): string[] {
  return series.flatMap(({ name, values }) => {
    const value = values[index];
    return value === null || value === undefined ? [] : [`${name}: ${format(Math.round(value * 10) / 10)}`];
  });
}

const Line: React.FC<{ series: Series; scale: Scale }> = ({ series: { values, colour, isFilled, name }, scale }) => {
  const points = values.flatMap((value, index) => (value === null ? [] : [{ x: scale.x(index), y: scale.y(value) }]));
  if (points.length === 0) return null;
  const path = points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
  const area = `${path}L${points.at(-1)!.x.toFixed(1)} ${scale.y(0)}L${points[0]!.x.toFixed(1)} ${scale.y(0)}Z`;
  return (
    <g>
      {isFilled && <path d={area} fill={colour} opacity="0.07" />}
      <path d={path} fill="none" stroke={colour} strokeWidth="2" strokeLinejoin="round" />
      {points.length < 12 &&
        points.map(({ x, y }) => <circle key={`${name} ${x}`} cx={x} cy={y} r="3" fill={colour} />)}
    </g>
  );
};

/** Columns over months, the last one in full colour. */
export const BarChart: React.FC<{
  label: string;
  values: number[];
  labels: string[];
  titles: string[];
  format: (value: number) => string;
}> = ({ label, values, labels, titles, format }) => {
  const scale = toScale(values, values.length);
  const slot = (width - left - right) / values.length;
  return (
    <svg className="lc-chart" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <Grid scale={scale} format={format} />
      {values.map((value, index) => (
        <g key={titles[index]}>
          <title>{titles[index]}</title>
          <rect
            x={left + index * slot + slot * 0.18}
            width={slot * 0.64}
            y={scale.y(value)}
            height={Math.max(0, scale.y(0) - scale.y(value))}
            rx="2"
            fill={index === values.length - 1 ? '#3040d6' : '#b9c2f3'}
          />
          <text x={left + (index + 0.5) * slot} y={height - 8} textAnchor="middle">
            {labels[index]}
          </text>
        </g>
      ))}
    </svg>
  );
};

export const Legend: React.FC<{ series: Pick<Series, 'name' | 'colour'>[] }> = ({ series }) => (
  <span className="lc-legend">
    {series.map(({ name, colour }) => (
      <span key={name}>
        <i style={{ background: colour }} aria-hidden="true" />
        {name}
      </span>
    ))}
  </span>
);
