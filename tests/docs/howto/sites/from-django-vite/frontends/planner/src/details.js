export const show = () => document.querySelector('#planner').classList.toggle('open')
