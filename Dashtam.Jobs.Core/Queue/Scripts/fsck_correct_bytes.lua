-- Corrects the counter of dead letters' or parked jobs' bytes, if none has come or gone since they were added up.
-- KEYS[1]  {q}:dead or {q}:parked              ZSET    entry -> since, ms
-- KEYS[2]  {q}:dead:bytes or {q}:parked:bytes  STRING  their bytes
-- ARGV[1]  the counter as it was
-- ARGV[2]  entries there were
-- ARGV[3]  the newest entry; empty: there was none
-- ARGV[4]  the right value
-- Returns  1 corrected | 0 something has changed, nothing was written
local index, bytes = KEYS[1], KEYS[2]
local was, count, newest, right = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]

if (redis.call('GET', bytes) or '0') ~= was or redis.call('ZCARD', index) ~= count then
  return 0
end
if (redis.call('ZRANGE', index, -1, -1)[1] or '') ~= newest then
  return 0
end

redis.call('SET', bytes, right)
return 1
