export { calendar } from './calendar.ts';
export { custodianNotice } from './custodian-notice.ts';
export { digest } from './digest.ts';
export { grievance } from './grievance.ts';
export { lot } from './lot.ts';
export { opening } from './opening.ts';
export { procurement } from './procurement.ts';
export { refund } from './refund.ts';
