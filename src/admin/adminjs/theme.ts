import type { BrandingOptions } from 'adminjs';
import { assetsPath, panelPath } from '../http/paths.js';

const ink = '#0C1E29';
const soft = '#5B6470';
const line = '#E7E9EC';
const accent = '#3040D6';
const font = "Inter, system-ui, -apple-system, 'Segoe UI', sans-serif";

/** The style sheets (`panel/styles/base.css`) hold the same colors for our own components. */
export const branding: BrandingOptions = {
  companyName: 'Lease console',
  logo: false,
  favicon: `${panelPath}${assetsPath}/icon.svg`,
  withMadeWithLove: false,
  theme: {
    // The design system types a string as a record of characters.
    font: font as never,
    colors: {
      primary100: accent,
      primary80: '#4D5BE0',
      primary60: '#8A94EC',
      primary40: '#C7CDF6',
      primary20: '#EEF0FD',
      accent: ink,
      grey100: ink,
      grey80: '#3A4650',
      grey60: soft,
      grey40: '#C9CFD6',
      grey20: '#EEF0F2',
      text: ink,
      border: line,
      inputBorder: '#C9CFD6',
      separator: line,
      highlight: '#F4F5F7',
      bg: '#F8F9F9',
      container: '#FFFFFF',
      sidebar: '#FFFFFF',
      filterBg: '#FFFFFF',
      error: '#B00010',
      errorDark: '#8C000D',
      errorLight: '#FBE9EB',
      success: '#00696B',
      successDark: '#00595B',
      successLight: '#E5F2F2',
      warning: '#8A4313',
      warningDark: '#73370F',
      warningLight: '#F9EFE6',
      info: accent,
      infoLight: '#EEF0FD',
      love: accent,
    },
    fontSizes: {
      xs: '11px',
      sm: '12.5px',
      default: '13.5px',
      md: '13.5px',
      lg: '14px',
      xl: '16px',
      h4: '17px',
      h3: '18px',
      h2: '20px',
      h1: '22px',
    },
    sizes: { sidebarWidth: '216px', navbarHeight: '0px', maxFormWidth: '640px' },
    shadows: { login: 'none', cardHover: 'none', drawer: 'none', card: 'none' },
  },
};

const styleSheets = [
  'base',
  'frame',
  'components',
  'states',
  'fields',
  'queue',
  'request',
  'dashboard',
  'renewals',
  'account',
  'workspace',
];

export const assets = { styles: styleSheets.map((name) => `${panelPath}${assetsPath}/${name}.css`) };
