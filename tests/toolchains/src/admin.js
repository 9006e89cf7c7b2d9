import { shelf } from './shared.js'
import './admin.css'

shelf('admin')
