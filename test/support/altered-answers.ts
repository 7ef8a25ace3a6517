/**
 * Preloaded into a program, it stands between that and a service and changes answers on their way:
 * `ALTERED_ANSWERS` is a JSON array of `{ path, replace?: [from, to], dropHeader? }`, where `path` ends the address of the call.
 */
const alterations = JSON.parse(process.env.ALTERED_ANSWERS);
const send = globalThis.fetch;

globalThis.fetch = async (url, init) => {
  const response = await send(url, init);
  const { pathname } = new globalThis.URL(url);
  const mine = alterations.filter(({ path }) => new RegExp(`${path}$`).test(pathname));
  if (mine.length === 0) return response;
  const headers = new globalThis.Headers(response.headers);
  headers.delete('Content-Length');
  headers.delete('Content-Encoding');
  let text = await response.text();
  for (const { replace, dropHeader } of mine) {
    if (replace) text = text.replaceAll(replace[0], replace[1]);
    if (dropHeader) headers.delete(dropHeader);
  }
  return new globalThis.Response(text, { status: response.status, headers });
};
