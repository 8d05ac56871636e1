-- Records an effect, unless one with a higher fence token has been recorded: what a store does that fencing protects.
-- KEYS[1]  {q}:canary:{name}  HASH  token: the highest one accepted; order: effects offered so far
-- ARGV[1]  fence token of the run that has the effect
-- ARGV[2]  lifetime of the record after its last effect, seconds
-- Returns  {1 recorded | 0 refused, how many effects have been offered under this name}
local effect = KEYS[1]
local token, ttl = ARGV[1], ARGV[2]

local order = redis.call('HINCRBY', effect, 'order', 1)
redis.call('EXPIRE', effect, ttl)
if tonumber(redis.call('HGET', effect, 'token') or '0') > tonumber(token) then
  return { 0, order }
end

redis.call('HSET', effect, 'token', token)
return { 1, order }
