using Dashtam.Jobs.Core.Settings;
using Dashtam.Jobs.Core.Tasks.Sessions;
using Dashtam.Jobs.Core.Tasks.Tokens;
using Microsoft.Extensions.DependencyInjection;

namespace Dashtam.Jobs.Core.Tasks;

/// <summary>Registers what the jobs about expiry need besides the database and the notices.</summary>
internal static class ExpiryChecks
{
    public static IServiceCollection AddExpiryChecks(this IServiceCollection services)
    {
        services.AddSettings<TokenExpiryOptions>();
        services.AddSettings<SessionExpiryOptions>();
        return services.AddSingleton<ExpiryNotices>();
    }
}
