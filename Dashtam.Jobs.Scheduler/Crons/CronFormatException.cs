namespace Dashtam.Jobs.Scheduler.Crons;

/// <summary>A cron that its dialect does not know: the message names the field, its value, and what is allowed.</summary>
internal sealed class CronFormatException(string message) : FormatException(message);
