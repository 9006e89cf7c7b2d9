import { writeFile } from 'node:fs/promises'
import { build } from 'esbuild'

const { metafile } = await build({
  entryPoints: ['src/main.js', 'src/admin.js', 'src/print.css'],
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  minify: true,
  sourcemap: true,
  loader: { '.png': 'file' },
  entryNames: '[name]-[hash]',
  metafile: true,
})
await writeFile('dist/meta.json', JSON.stringify(metafile))
