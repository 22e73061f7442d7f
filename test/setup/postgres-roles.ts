/** Of every database that a test is given: one role owns it, and the service connects as the other. */
export const ROLES = {
  owner: { name: 'kaibiao_owner', password: 'owner-secret' },
  service: { name: 'kaibiao', password: 'service-secret' },
} as const;
