# With its digest, so that what is built tomorrow is what was tried; docs/operations.md says how to take a newer one.
FROM node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6 AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-fund --no-audit
COPY . .
RUN npm run build && npm prune --omit=dev --no-fund --no-audit

FROM node:24.21.0-bookworm-slim@sha256:0e0ff40c39bc087845bfb27465a0df4ea419520094bc35842ff83dd8cbe6f9b6
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/data
WORKDIR /app
# Made here with its owner and mode, which a new volume takes over.
RUN install -d -o node -g node -m 0700 /data
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/scripts/build.mjs /app/scripts/start.mjs /app/scripts/run.mjs /app/scripts/end-with-npm.mjs ./scripts/
COPY LICENSE ./
# The command line: docker run --rm -it clientele clientele --help
RUN ln -s /app/dist/cli/main.js /usr/local/bin/clientele
# A number, which Kubernetes can tell from root; it is that of the user node.
USER 1000:1000
VOLUME /data
EXPOSE 8080
# The certificate is for the public name, not for the loopback address that is asked here.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
  CMD ["node", "-e", "const { TLS_CERT_FILE: tls, PORT = 8080 } = process.env; if (tls) process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0'; fetch(`${tls ? 'https' : 'http'}://127.0.0.1:${PORT}/jans-config-api/api/v1/health/live`).then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
# One process: the signals of the container reach the service itself.
CMD ["node", "scripts/start.mjs"]
