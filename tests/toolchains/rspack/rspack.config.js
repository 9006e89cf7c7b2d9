import { rspack } from '@rspack/core'
import { RspackManifestPlugin } from 'rspack-manifest-plugin'

export default {
  mode: 'production',
  entry: { main: './src/main.js', admin: './src/admin.js', search: './src/search.js' },
  output: {
    module: true,
    clean: true,
    filename: '[name].[contenthash].js',
    cssFilename: '[name].[contenthash].css',
    assetModuleFilename: '[name].[contenthash][ext]',
    publicPath: 'auto',
  },
  experiments: { css: true },
  module: {
    rules: [
      { test: /\.css$/, type: 'css/auto' },
      { test: /\.png$/, type: 'asset/resource' },
    ],
  },
  optimization: { runtimeChunk: 'single', splitChunks: { chunks: 'all', minSize: 0 } },
  plugins: [new RspackManifestPlugin()],
  stats: { all: false, assets: true, entrypoints: true, chunks: true, chunkOrigins: true },
}
