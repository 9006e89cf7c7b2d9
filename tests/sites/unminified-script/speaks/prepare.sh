python -c "print('\n'.join(f'export const value{n} = {n};  // number {n}' for n in range(3000)))" > static/values.js
