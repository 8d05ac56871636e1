-- Names the workers whose lease has run out, by Redis' clock, and those that departed.
-- KEYS[1]  {q}:workers    ZSET  worker -> last heartbeat, ms
-- KEYS[2]  {q}:departed   ZSET  worker -> since, ms
-- ARGV[1]  lease, ms
-- ARGV[2]  departed workers named at most
-- Returns  {stale workers, departed workers}
-- include now_ms.lua
local workers, departed = KEYS[1], KEYS[2]
local lease, most = tonumber(ARGV[1]), tonumber(ARGV[2])

return {
  redis.call('ZRANGEBYSCORE', workers, '-inf', now_ms() - lease),
  most > 0 and redis.call('ZRANGE', departed, 0, most - 1) or {},
}
