import './shared.css'

export const shelf = (text) => document.body.append(text)
