-- Looks whether the data are those that the caller knows: a Redis that lost them has another id or none; one that went back
-- to an old snapshot, or failed over to a replica that lagged, has counted less than the caller has seen. A count that is no
-- number begins anew with what the caller has seen: nobody would notice a loss any more.
-- KEYS[1]  {q}:epoch        HASH  id; count: looks so far; before: the id that was lost, cause: how
-- KEYS[2]  {q}:stats:jobs   HASH  counters
-- ARGV[1]  the id that the caller knows; empty: none yet
-- ARGV[2]  the highest count that the caller has seen
-- ARGV[3]  a new id, for when one is needed
-- Returns  {cause, id found, count found, id now, count now}; cause '' as expected | 'lost_data' | 'rolled_back'
local epoch, stats = KEYS[1], KEYS[2]
local known, seen, fresh = ARGV[1], tonumber(ARGV[2]), ARGV[3]

local found = redis.call('HGET', epoch, 'id') or ''
local before = redis.call('HGET', epoch, 'count') or '0'
if #before > 15 or before ~= '0' and not string.find(before, '^[1-9]%d*$') then
  redis.call('HSET', epoch, 'count', ARGV[2])
end
local now = redis.call('HINCRBY', epoch, 'count', 1)
local id, cause, count = found, '', now - 1
if found == '' or (found == known and count < seen) then
  id, now = fresh, seen + 1
  redis.call('HSET', epoch, 'id', fresh, 'count', now)
end

if known ~= '' and id ~= known then
  if redis.call('HGET', epoch, 'before') ~= known then -- the first who sees it counts it, for all
    cause = found == known and 'rolled_back' or 'lost_data'
    redis.call('HSET', epoch, 'before', known, 'cause', cause)
    redis.pcall('HINCRBY', stats, 'redis:' .. cause, 1)
  end
  cause = redis.call('HGET', epoch, 'cause')
end

return { cause, found, count, id, now }
