/** 专家库的级别: a pool of the province (政府采购评审专家库, 省综合评标专家库), of the city, or of an enterprise or a centre itself. */
export const POOL_LEVELS = ['provincial', 'city', 'own'] as const;
export type PoolLevel = (typeof POOL_LEVELS)[number];
