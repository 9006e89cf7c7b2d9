import './main.css'
import { days } from './days.js'

document.querySelector('#planner').textContent = days(new Date()).join(', ')
document.querySelector('#planner').onclick = () => import('./details.js').then((details) => details.show())
