export { grievance } from './grievance.ts';
export { lot } from './lot.ts';
export { procurement } from './procurement.ts';
export { recount } from './recount.ts';
