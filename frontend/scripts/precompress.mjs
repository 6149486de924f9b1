/* precompress.mjs: beside each text file of a build its gzip, which nginx sends as it
   is (gzip_static).  The same input gives the same bytes. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const dist = process.argv[2] ?? 'dist';

for (const file of readdirSync(dist, { recursive: true })) {
  if (!/\.(html|js|css|svg|json)$/.test(file)) continue;
  writeFileSync(join(dist, `${file}.gz`), gzipSync(readFileSync(join(dist, file)), { level: 9 }));
}
