/** 统一社会信用代码 (GB 32100): 18 characters, without I, O, S, V, Z. */
export const CREDIT_CODE = /^[0-9A-HJ-NPQRTUWXY]{18}$/;
