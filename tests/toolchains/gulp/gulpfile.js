import gulp from 'gulp'
import rev from 'gulp-rev'

// Without `encoding: false` gulp reads images as text, and damages them.
const images = () => gulp.src('src/**/*.png', { encoding: false }).pipe(gulp.dest('dist'))

const styles = () =>
  gulp
    .src('src/{main,print}.css', { base: 'src' })
    .pipe(rev())
    .pipe(gulp.dest('dist'))
    .pipe(rev.manifest())
    .pipe(gulp.dest('dist'))

export default gulp.parallel(images, styles)
