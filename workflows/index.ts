export { calendar } from './calendar.ts';
export { committee } from './committee.ts';
export { custodianNotice } from './custodian-notice.ts';
export { grievance } from './grievance.ts';
export { lot } from './lot.ts';
export { opening } from './opening.ts';
export { procurement } from './procurement.ts';
export { refund } from './refund.ts';
