using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Infrastructure.Notices;

/// <summary>How notices are kept.</summary>
internal sealed class NoticeOptions
{
    /// <summary>Whether a user's events are kept for replay too; to be the same as dashtam-api's. Default false.</summary>
    [Setting("SSE_ENABLE_RETENTION"), Display(Name = "SSE_ENABLE_RETENTION")]
    public bool EnableRetention { get; set; }

    /// <summary>How long a notice counts as sent after the last run that found its reason, in seconds; default 7 days.</summary>
    [Setting("JOBS_NOTICE_TTL"), Display(Name = "JOBS_NOTICE_TTL"), Range(60, 31_536_000)]
    public int TtlSeconds { get; set; } = 604_800;
}
