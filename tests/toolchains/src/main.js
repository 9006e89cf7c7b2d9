import { shelf } from './shared.js'
import './main.css'

document.querySelector('#open').onclick = async () => {
  const { open } = await import('./lazy.js')
  shelf(open())
}
