import './lazy.css'

export const open = () => 'opened'
