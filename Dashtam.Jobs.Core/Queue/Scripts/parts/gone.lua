-- Part of other scripts: what to answer when an envelope is no longer in a worker's processing list. Only the worker's own
-- scripts and recovery take one out, and recovery ends the worker's registration in the same step: a worker that is still
-- registered has been here before (its reply was lost), one that is not was recovered.
-- Returns  2 already done | 0 fenced
local function gone(workers, worker)
  if redis.call('ZSCORE', workers, worker) then
    return 2
  end
  return 0
end
