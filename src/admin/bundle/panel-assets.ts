import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Logger } from '@nestjs/common';
import type { Request, RequestHandler, Response } from 'express';
import { encodingSuffixes, manifestFile, panelFolder, type Encoding, type PanelManifest } from './panel-files.js';

const FOREVER = 'public, max-age=31536000, immutable';

/** A file that pages load, in memory: a build beside a running server changes none of its pages. */
interface Asset {
  /** Its address with the content's hash, below `/admin`. */
  hashedAddress: string;
  content: Buffer;
  compressed: Partial<Record<Encoding, Buffer>>;
}

let assets: Map<string, Asset> | undefined;

/** @param address below `/admin` @returns the one that browsers store for ever, or the same where the build has no such file */
export function toHashedAddress(address: string): string {
  return getAssets().get(address)?.hashedAddress ?? address;
}

/** Serves the build's files under their addresses with a hash and without. */
export function panelAssets(): RequestHandler {
  const known = getAssets();
  return (request, response, next) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (isRead && known.has(request.path)) sendAsset(request, response, request.path);
    else next();
  };
}

/** @param address below `/admin`, with a hash or without */
export function sendAsset(request: Request, response: Response, address: string): void {
  const asset = getAssets().get(address);
  if (!asset) return void response.sendStatus(404);
  const { hashedAddress, content, compressed } = asset;
  const encoding = findEncoding(request, compressed);
  response.vary('Accept-Encoding').set({
    'Cache-Control': address === hashedAddress ? FOREVER : 'no-cache',
    ETag: `W/"${path.basename(hashedAddress)}"`,
    ...(encoding && { 'Content-Encoding': encoding }),
  });
  response.type(path.extname(hashedAddress)).send(encoding ? compressed[encoding] : content);
}

/** Brotli where the browser accepts it; Express would choose the encoding that the browser names first. */
function findEncoding(request: Request, compressed: Asset['compressed']): Encoding | undefined {
  return (['br', 'gzip'] as const).find((encoding) => compressed[encoding] && request.acceptsEncodings(encoding));
}

function getAssets(): Map<string, Asset> {
  return (assets ??= readAssets());
}

function readAssets(): Map<string, Asset> {
  const read = new Map<string, Asset>();
  if (!existsSync(manifestFile)) {
    new Logger('Panel').warn('The panel is not built: its pages have no scripts. `npm run build` builds it.');
    return read;
  }
  const { folder, addresses } = JSON.parse(readFileSync(manifestFile, 'utf8')) as PanelManifest;
  for (const [address, hashedAddress] of Object.entries(addresses)) {
    const file = path.join(panelFolder, folder, path.basename(hashedAddress));
    const asset = { hashedAddress, content: readFileSync(file), compressed: readCompressed(file) };
    read.set(address, asset).set(hashedAddress, asset);
  }
  return read;
}

function readCompressed(file: string): Asset['compressed'] {
  const variants = Object.entries(encodingSuffixes).filter(([, suffix]) => existsSync(file + suffix));
  return Object.fromEntries(variants.map(([encoding, suffix]) => [encoding, readFileSync(file + suffix)]));
}
