export { deadline } from './deadline.ts';
export { grievance } from './grievance.ts';
export { lot } from './lot.ts';
export { opening } from './opening.ts';
export { procurement } from './procurement.ts';
export { recount } from './recount.ts';
export { refund } from './refund.ts';
