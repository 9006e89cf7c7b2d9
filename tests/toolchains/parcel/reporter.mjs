import path from 'node:path'
import { Reporter } from '@parcel/plugin'

const nameOf = (bundle) => path.relative(bundle.target.distDir, bundle.filePath)
// With `parcel watch` and --no-content-hash names carry something else than a digest of the content.
const isDigested = (bundle) => bundle.displayName.includes('[hash]') && bundle.hashReference.startsWith('HASH_REF_')

export default new Reporter({
  async report({ event, options }) {
    if (event.type !== 'buildSuccess') return
    const graph = event.bundleGraph
    const bundles = graph.getBundles().filter((bundle) => bundle.bundleBehavior !== 'inline')
    const assets = bundles.map((bundle) => ({
      name: nameOf(bundle),
      info: { immutable: isDigested(bundle), javascriptModule: bundle.env.outputFormat === 'esmodule' },
    }))
    const entrypoints = {}
    for (const bundle of bundles) {
      const source = bundle.needsStableName && bundle.getMainEntry()?.filePath
      if (!source) continue
      const files = [...graph.getReferencedBundles(bundle), bundle]
      entrypoints[path.relative(options.projectRoot, source)] = { assets: files.map(nameOf) }
    }
    const stats = path.join(bundles[0].target.distDir, 'stats.json')
    await options.outputFS.writeFile(stats, JSON.stringify({ assets, entrypoints }))
  },
})
