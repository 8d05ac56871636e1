using System.ComponentModel.DataAnnotations;
using Dashtam.Jobs.Core.Settings;

namespace Dashtam.Jobs.Core.Infrastructure.Notices;

/// <summary>How notices are kept.</summary>
internal sealed class NoticeOptions
{
    /// <summary>Notices are also added to the user's stream, for <c>Last-Event-ID</c>.</summary>
    [Setting("SSE_ENABLE_RETENTION"), Display(Name = "SSE_ENABLE_RETENTION")]
    public bool EnableRetention { get; set; }

    /// <summary>How long it is remembered that a notice was delivered, after the last run that found its row.</summary>
    [Setting("JOBS_NOTICE_TTL"), Display(Name = "JOBS_NOTICE_TTL"), Range(60, 31_536_000)]
    public int TtlSeconds { get; set; } = 604_800;
}
