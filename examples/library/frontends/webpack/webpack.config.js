const MiniCssExtractPlugin = require("mini-css-extract-plugin");

module.exports = {
  entry: { year: "./src/year.js" },
  output: {
    filename: "[name].[contenthash].js",
    assetModuleFilename: "[name].[contenthash][ext]",
    publicPath: "auto", // chunks and pictures are looked for beside the script, wherever that is published
    clean: true,
  },
  devtool: "source-map", // and not with eval(), which the policy of the site forbids
  module: {
    rules: [
      { test: /\.css$/, use: [MiniCssExtractPlugin.loader, "css-loader"] },
      { test: /\.svg$/, type: "asset/resource" },
    ],
  },
  plugins: [new MiniCssExtractPlugin({ filename: "[name].[contenthash].css" })],
};
