import path from 'node:path'
import MiniCssExtractPlugin from 'mini-css-extract-plugin'
import BundleTracker from 'webpack-bundle-tracker'
import { WebpackManifestPlugin } from 'webpack-manifest-plugin'

const output = path.resolve('dist')

export default {
  mode: 'production',
  devtool: 'source-map',
  entry: { main: './src/main.js', admin: './src/admin.js', search: './src/search.js' },
  output: {
    path: output,
    clean: true,
    filename: '[name].[contenthash].js',
    assetModuleFilename: '[name].[contenthash][ext]',
    publicPath: 'auto',
  },
  module: {
    rules: [
      { test: /\.css$/, use: [MiniCssExtractPlugin.loader, 'css-loader'] },
      { test: /\.png$/, type: 'asset/resource' },
    ],
  },
  optimization: { runtimeChunk: 'single', splitChunks: { chunks: 'all', minSize: 0 } },
  plugins: [
    new MiniCssExtractPlugin({ filename: '[name].[contenthash].css' }),
    new WebpackManifestPlugin(),
    new BundleTracker({ path: output, filename: 'webpack-stats.json' }),
  ],
  stats: { all: false, assets: true, entrypoints: true, chunks: true, chunkOrigins: true },
}
