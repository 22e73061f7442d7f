export interface Evaluated {
  readonly score: number | null;
  readonly evaluationZh?: string | undefined;
}

export const pointsZh = (points: number | string): string => `评审得分 ${points} 分`;

/** 评标情况: the committee's comment on a bid, or else its score. */
export const evaluationOf = ({ score, evaluationZh }: Evaluated): string | null =>
  evaluationZh ?? (score === null ? null : pointsZh(score));
