-- Where the organization's clock stands.
UPDATE scout.organizations SET time_zone = %(time_zone)s
WHERE id = %(id)s AND time_zone <> %(time_zone)s
