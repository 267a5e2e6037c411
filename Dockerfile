# Debian, not Alpine: Temporal's native core is built against glibc.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
# What the platforms want beside tunewright comes along, what building wants does not.
RUN npm pkg delete devDependencies peerDependenciesMeta && npm install --no-audit --no-fund

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
RUN mkdir -p /data/artifacts && chown -R node:node /data
USER node
ENV TUNEWRIGHT_HOME=/data TUNEWRIGHT_DATA=/data
# As the only process it gets SIGTERM itself and drains; V8 is told to stay below the container's limit.
ENTRYPOINT ["node", "--max-old-space-size-percentage=75", "dist/cli/main.js"]
CMD ["worker"]
