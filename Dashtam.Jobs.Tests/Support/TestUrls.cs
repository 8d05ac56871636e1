using Dashtam.Jobs.Core.Infrastructure.Redis;
using Npgsql;

namespace Dashtam.Jobs.Tests.Support;

/// <summary>The forms that <c>REDIS_URL</c> and <c>DATABASE_URL</c> may have, as the clients want them.</summary>
internal static class TestUrls
{
    public static string Redis(string text) =>
        RedisUrl.Parse("REDIS_URL", text, "dashtam-jobs-tests").ToString(includePassword: true);

    public static string Postgres(string text)
    {
        if (!text.Contains("://", StringComparison.Ordinal))
        {
            return text;
        }

        var url = new Uri(text);
        var (user, password) = Credentials(url);
        var settings = new NpgsqlConnectionStringBuilder { Host = url.Host, Database = Database(url) };
        settings.Port = url.Port > 0 ? url.Port : settings.Port;
        settings.Username = user.Length > 0 ? user : "postgres";
        settings.Password = password.Length > 0 ? password : null;
        return settings.ConnectionString;
    }

    private static (string User, string Password) Credentials(Uri url)
    {
        var parts = url.UserInfo.Split(':', 2).Select(Uri.UnescapeDataString).ToArray();
        return (parts[0], parts.ElementAtOrDefault(1) ?? "");
    }

    private static string Database(Uri url) =>
        url.AbsolutePath.Trim('/') is { Length: > 0 } name ? Uri.UnescapeDataString(name) : "postgres";
}
