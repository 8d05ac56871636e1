-- Part of fetch: what recovery moved twice or more takes no neighbour with it. It runs alone, on a worker that holds nothing
-- else; where no worker is ever idle, one lets its jobs end.
-- keys: isolated LIST, alone STRING, suspects HASH, delayed ZSET.
-- Goes on when Redis is full: its first write, an RPOP or a ZREM of nothing, needs no memory.
-- Returns  whether reply was filled and is to be sent
-- include wrong_type.lua
local function isolate(keys, processing, elsewhere, worker, claim, reply)
  if claim == 0 or redis.call('LLEN', keys.isolated) == 0 or wrong_type(keys.suspects, 'hash', keys.alone, 'string') then
    return false
  end
  if redis.call('LLEN', processing) + elsewhere > 0 then
    local holder = redis.call('GET', keys.alone)
    if holder and holder ~= worker then
      return false
    end
    redis.call('ZREM', keys.delayed, '')
    redis.call('SET', keys.alone, worker, 'PX', claim)
    reply[1] = 2
    return true
  end

  local envelope = redis.call('RPOP', keys.isolated)
  redis.call('LPUSH', processing, envelope)
  if redis.call('GET', keys.alone) == worker then
    redis.call('DEL', keys.alone)
  end
  reply[1] = 3
  reply[4] = envelope
  reply[5] = redis.call('HGET', keys.suspects, redis.sha1hex(envelope)) or '0'
  return true
end
