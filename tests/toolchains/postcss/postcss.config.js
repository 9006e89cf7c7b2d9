import autoprefixer from 'autoprefixer'
import cssnano from 'cssnano'

export default { map: { inline: false }, plugins: [autoprefixer, cssnano] }
