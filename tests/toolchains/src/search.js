import './search.css'

const worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
const photo = new Image()
photo.src = new URL('./photo.png', import.meta.url)

worker.onmessage = ({ data }) => document.body.append(data, photo)
worker.postMessage('books')
