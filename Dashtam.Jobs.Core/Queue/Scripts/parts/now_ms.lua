-- Part of other scripts: Redis' clock in milliseconds. Every due time and every heartbeat is told by it.
local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
